-- The listing pages of the film site as a table. The XPaths are written by hand for the page as it looks in layouts/classic,
-- some by class, some by position, the way one does.
--     psql -v base_url=http://127.0.0.1:8080/ -f film.sql
CREATE SERVER film_site FOREIGN DATA WRAPPER webwrap
  OPTIONS (base_url :'base_url');

CREATE FOREIGN TABLE film (
  name     varchar(83)    OPTIONS (xpath './td[@class="title"]/a') NOT NULL,
  rating   varchar(9)     OPTIONS (xpath './td[2]'),
  genre    varchar(9)     OPTIONS (xpath './td[3]/a') NOT NULL,
  year     integer        OPTIONS (xpath './td[@class="year"]', pattern '(\d{4})') NOT NULL,
  released date           OPTIONS (xpath './td[5]'),
  score    numeric(3, 1)  OPTIONS (xpath './td[@class="score"]/b'),
  -- Whole amounts only: a rounded "$12.3M" is a violation, not a value.
  votes    numeric(9, 1)  OPTIONS (xpath './td[7]', pattern '^(\d[\d,]*)$', locale 'en_US'),
  director varchar(32)    OPTIONS (xpath './td[8]/a') NOT NULL,
  writer   varchar(32)    OPTIONS (xpath './td[9]/a'),
  star     varchar(27)    OPTIONS (xpath './td[@class="star"]'),
  country  varchar(30)    OPTIONS (xpath './td[11]'),
  budget   numeric(11, 1) OPTIONS (xpath './td[12]', pattern '^\$(\d[\d,]*)$', locale 'en_US'),
  gross    numeric(12, 1) OPTIONS (xpath './td[contains(@class, "gross")]', pattern '^\$(\d[\d,]*)$', locale 'en_US'),
  company  varchar(63)    OPTIONS (xpath './td[14]/a'),
  runtime  numeric(5, 1)  OPTIONS (xpath './td[15]', pattern '^(\d+) min'),
  CHECK (year BETWEEN 1880 AND 2100),
  CHECK (released >= '1880-01-01'),
  CHECK (score BETWEEN 0 AND 10),
  CHECK (votes > 0),
  CHECK (budget > 0),
  CHECK (gross > 0),
  CHECK (runtime BETWEEN 1 AND 1000)
) SERVER film_site OPTIONS (
  url      'films/{1..162}.html',
  rows     '//table[@id="films"]/tbody/tr[contains(@class, "film")]',
  min_rows '50',
  adapt    'on');

COMMENT ON FOREIGN TABLE film IS 'Every film of the site, read from its listing pages';
