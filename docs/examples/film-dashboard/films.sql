-- What the dashboard reads: the film site as a foreign table, two materialized views over it that pg_cron keeps new, and a
-- role that can read and nothing else.
--     psql -v base_url=http://127.0.0.1:8080/ [-v cache_ttl='10 minutes'] [-v schedule='*/5 * * * *'] -f films.sql
-- in the database that cron.database_name says; pg_cron has to be preloaded.
\set ON_ERROR_STOP on
\if :{?cache_ttl} \else \set cache_ttl '10 minutes' \endif
\if :{?schedule}  \else \set schedule '*/5 * * * *' \endif

CREATE EXTENSION IF NOT EXISTS webwrap;
CREATE EXTENSION IF NOT EXISTS pg_cron;

-- Schema, table and function have the names that the report's queries use.
CREATE SCHEMA doan4;
SET search_path = doan4;

\ir ../film/film.sql
ALTER FOREIGN TABLE film RENAME TO movie;
-- Every chart opens a session of its own. They all share what one of them has fetched.
ALTER SERVER film_site OPTIONS (ADD cache_ttl :'cache_ttl');

COMMENT ON COLUMN movie.name     IS 'Name of the film';
COMMENT ON COLUMN movie.rating   IS 'Who may see it: R, PG, ...';
COMMENT ON COLUMN movie.genre    IS 'Main genre';
COMMENT ON COLUMN movie.year     IS 'Year of release';
COMMENT ON COLUMN movie.released IS 'Day of release';
COMMENT ON COLUMN movie.score    IS 'Rating by users, 0 to 10';
COMMENT ON COLUMN movie.votes    IS 'How many users rated it';
COMMENT ON COLUMN movie.director IS 'Director';
COMMENT ON COLUMN movie.writer   IS 'Writer';
COMMENT ON COLUMN movie.star     IS 'Main actor or actress';
COMMENT ON COLUMN movie.country  IS 'Country of origin';
COMMENT ON COLUMN movie.budget   IS 'What it cost, in dollars';
COMMENT ON COLUMN movie.gross    IS 'What it earned, in dollars';
COMMENT ON COLUMN movie.company  IS 'Production company';
COMMENT ON COLUMN movie.runtime  IS 'Length in minutes';

-- The report ran on MySQL, which has this function.
CREATE FUNCTION year(day text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN extract(year FROM day::timestamp)::integer;
COMMENT ON FUNCTION year(text) IS 'Year of a date or of a point in time, as MySQL has it';

-- A unique index lets REFRESH ... CONCURRENTLY go on while charts read.
CREATE MATERIALIZED VIEW movie_year AS
SELECT make_timestamp(year, 1, 1, 0, 0, 0) AS year, count(*) AS movies, sum(budget) AS budget, sum(gross) AS gross,
       round(avg(score), 2) AS score, sum(votes) AS votes, statement_timestamp()::timestamp AS refreshed_at
FROM movie GROUP BY movie.year;
CREATE UNIQUE INDEX ON movie_year (year);
COMMENT ON MATERIALIZED VIEW movie_year IS 'The films of each year; pg_cron keeps it new';
COMMENT ON COLUMN movie_year.year         IS 'First day of the year of release';
COMMENT ON COLUMN movie_year.movies       IS 'Number of films';
COMMENT ON COLUMN movie_year.budget       IS 'What the films cost, in dollars';
COMMENT ON COLUMN movie_year.gross        IS 'What the films earned, in dollars';
COMMENT ON COLUMN movie_year.score        IS 'Mean rating by users';
COMMENT ON COLUMN movie_year.votes        IS 'Number of ratings by users';
COMMENT ON COLUMN movie_year.refreshed_at IS 'When this was read from the site';

CREATE MATERIALIZED VIEW movie_star AS
SELECT star, count(*) AS movies, sum(votes) AS votes, round(avg(score), 2) AS score,
       statement_timestamp()::timestamp AS refreshed_at
FROM movie WHERE star IS NOT NULL GROUP BY star;
CREATE UNIQUE INDEX ON movie_star (star);
COMMENT ON MATERIALIZED VIEW movie_star IS 'The main actors of all films; pg_cron keeps it new';
COMMENT ON COLUMN movie_star.star         IS 'Main actor or actress';
COMMENT ON COLUMN movie_star.movies       IS 'Number of films';
COMMENT ON COLUMN movie_star.votes        IS 'Number of ratings by users';
COMMENT ON COLUMN movie_star.score        IS 'Mean rating by users';
COMMENT ON COLUMN movie_star.refreshed_at IS 'When this was read from the site';

-- What a dashboard logs in as. Its transactions are read-only: what a query learns about a redesign is written by webwrap's own
-- worker. Charts over a day or a month mean those of UTC.
CREATE ROLE dashboard LOGIN;
ALTER ROLE dashboard SET default_transaction_read_only = on;
ALTER ROLE dashboard SET statement_timeout = '2min';
ALTER ROLE dashboard SET timezone = 'UTC';
GRANT USAGE ON SCHEMA doan4, webwrap TO dashboard;
GRANT SELECT ON ALL TABLES IN SCHEMA doan4 TO dashboard;

SELECT cron.schedule('movie_year', :'schedule', 'REFRESH MATERIALIZED VIEW CONCURRENTLY doan4.movie_year'),
       cron.schedule('movie_star', :'schedule', 'REFRESH MATERIALIZED VIEW CONCURRENTLY doan4.movie_star') \g /dev/null
