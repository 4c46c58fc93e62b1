-- The report's three questions, first as SQL, then as saved Jinja queries; each pair of answers is the same.
--     psql -v most=5 -f questions.sql      in the database of mqtt.sql
-- Lengths are whole numbers, whose sums are exact in double precision, so the averages are the same in any order of rows.
\set ON_ERROR_STOP on
\if :{?most} \else \set most 5 \endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS webwrap_jinja CASCADE;
RESET client_min_messages;

\echo = average MQTT length of the train set
SELECT avg(mqtt_len) AS avg_mqtt_len FROM packet WHERE train_or_test = 0;

\echo = average TCP length of each target
SELECT target, avg(tcp_len::float8) AS avg_tcp_len FROM packet WHERE train_or_test = 0 GROUP BY target ORDER BY target;

\echo = most frequent TCP flags
SELECT tcp_flags, count(*) FROM packet WHERE train_or_test = 0 GROUP BY tcp_flags ORDER BY count(*) DESC, tcp_flags LIMIT :most;

-- What a dashboard chooses (the set, targets, how many) comes from outside; the templates quote it.
INSERT INTO webwrap.saved_query (name, template, context) VALUES
  ('mqtt length', $$SELECT avg(mqtt_len) AS avg_mqtt_len FROM packet WHERE train_or_test = {{ train_or_test }}$$,
   '{"train_or_test": 0}'),
  ('tcp length', $$SELECT target, avg(tcp_len::float8) AS avg_tcp_len FROM packet WHERE train_or_test = {{ train_or_test }}
     {% if filter_values('target') %} AND target IN {{ filter_values('target')|where_in }} {% endif %}
     GROUP BY target ORDER BY target$$, '{"train_or_test": 0}'),
  ('tcp flags', $$SELECT tcp_flags, count(*) FROM packet WHERE train_or_test = {{ train_or_test }}
     GROUP BY tcp_flags ORDER BY count(*) DESC, tcp_flags LIMIT {{ most }}$$, '{"train_or_test": 0, "most": 5}')
ON CONFLICT (name) DO UPDATE SET template = excluded.template, context = excluded.context;

\echo = average MQTT length of the train set, Jinja
SELECT answer->>'avg_mqtt_len' AS avg_mqtt_len FROM webwrap.saved_rows('mqtt length') answer;

\echo = average TCP length of each target, Jinja
SELECT answer->>'target' AS target, answer->>'avg_tcp_len' AS avg_tcp_len FROM webwrap.saved_rows('tcp length') answer;

\echo = most frequent TCP flags, Jinja
SELECT answer->>'tcp_flags' AS tcp_flags, answer->>'count' AS count
FROM webwrap.saved_rows('tcp flags', jsonb_build_object('most', :most)) answer;

\echo = average TCP length of two targets, Jinja
SELECT answer->>'target' AS target, answer->>'avg_tcp_len' AS avg_tcp_len
FROM webwrap.saved_rows('tcp length', '{"_filters": [{"col": "target", "op": "IN", "val": ["dos", "flood"]}]}') answer;
