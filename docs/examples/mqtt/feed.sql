-- Keyword counts over a live feed: pg_cron polls it, entries are kept once, views count the words.
--     psql -v base_url=http://127.0.0.1:8081/ [-v schedule='* * * * *'] -f feed.sql
-- in the database that cron.database_name says; pg_cron has to be preloaded. What fails is in webwrap.job_status.
\set ON_ERROR_STOP on
\if :{?schedule} \else \set schedule '* * * * *' \endif
CREATE EXTENSION IF NOT EXISTS webwrap;
CREATE EXTENSION IF NOT EXISTS pg_cron;

CREATE SERVER feed_site FOREIGN DATA WRAPPER webwrap OPTIONS (base_url :'base_url');

-- The newest entries, as the feed gives them at the moment.
CREATE FOREIGN TABLE feed_now (
  id   bigint NOT NULL,
  time timestamptz NOT NULL,
  text text NOT NULL
) SERVER feed_site OPTIONS (url 'feed.ndjson', format 'ndjson');

CREATE TABLE entry (id bigint PRIMARY KEY, time timestamptz NOT NULL, text text NOT NULL);
COMMENT ON TABLE entry IS 'What the feed has said since polling began, each entry once';

CREATE TABLE word (word text PRIMARY KEY CHECK (word ~ '^\w+$'));
COMMENT ON TABLE word IS 'What is counted: whole words, in any case';
INSERT INTO word VALUES ('slowite'), ('bruteforce'), ('flood'), ('malformed'), ('dos'), ('legitimate');

-- Minutes of UTC, as a dashboard shows them. A word that a minute does not have counts 0.
CREATE VIEW word_minute AS
SELECT date_trunc('minute', time AT TIME ZONE 'UTC') AS minute, word,
       sum(regexp_count(text, '\m' || word || '\M', 1, 'i'))::integer AS occurrences
FROM entry CROSS JOIN word GROUP BY 1, 2;
COMMENT ON VIEW word_minute IS 'How often each word occurs in the entries of each minute';
COMMENT ON COLUMN word_minute.minute      IS 'Beginning of the minute, UTC';
COMMENT ON COLUMN word_minute.word        IS 'What is counted';
COMMENT ON COLUMN word_minute.occurrences IS 'How often it occurs';

CREATE VIEW word_total AS
SELECT word, coalesce(sum(occurrences), 0)::integer AS occurrences FROM word LEFT JOIN word_minute USING (word) GROUP BY word;
COMMENT ON VIEW word_total IS 'How often each word occurs in all entries';
COMMENT ON COLUMN word_total.word        IS 'What is counted';
COMMENT ON COLUMN word_total.occurrences IS 'How often it occurs';

-- The feed forgets old entries. If polls were further apart than it remembers, ids are missing here.
CREATE VIEW entry_gap AS
SELECT before + 1 AS first_missing, id - 1 AS last_missing
FROM (SELECT id, lag(id) OVER (ORDER BY id) AS before FROM entry) neighbours WHERE id > before + 1;
COMMENT ON VIEW entry_gap IS 'Ids of entries that were never seen';

SELECT cron.schedule('feed', :'schedule',
  'INSERT INTO entry SELECT id, time, text FROM feed_now ON CONFLICT (id) DO NOTHING') \g /dev/null
