-- A few questions to the manual.
\pset footer off

BEGIN READ ONLY;

\echo
\echo '1. How many SQL commands are there?'
SELECT count(*) AS commands FROM sql_command;

\echo '2. What do they do to what?'
SELECT verb, count(*) AS commands, round(avg(length(synopsis))) AS avg_synopsis_length,
       count(*) FILTER (WHERE synopsis LIKE '%IF EXISTS%') AS with_if_exists
FROM (SELECT split_part(name, ' ', 1) AS verb, synopsis FROM sql_command) AS command
GROUP BY verb HAVING count(*) > 2 ORDER BY commands DESC, verb COLLATE "C";

\echo '3. Which are the hardest to remember?'
SELECT name, length(synopsis) AS characters, purpose
FROM sql_command ORDER BY characters DESC, name COLLATE "C" LIMIT 8;

\echo '4. Which can work concurrently, without locking others out?'
SELECT name, purpose FROM sql_command WHERE synopsis LIKE '%CONCURRENTLY%' ORDER BY name COLLATE "C";

COMMIT;
