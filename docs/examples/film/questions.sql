-- What a dashboard about the film industry asks, in plain SQL over the foreign table. Every answer has one order only, so
-- that two runs can be compared line by line.
\pset footer off
\pset null '-'

BEGIN READ ONLY;

\echo
\echo '1. How many films are there?'
SELECT count(*) AS films, min(year) AS first_year, max(year) AS last_year, count(DISTINCT country) AS countries,
       count(DISTINCT director) AS directors
FROM film;

\echo '2. Which countries make the most films?'
SELECT country, count(*) AS films, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM film GROUP BY country ORDER BY films DESC, country COLLATE "C" LIMIT 12;

\echo '3. Which genres are popular?'
SELECT genre, count(*) AS films, sum(votes)::bigint AS votes, round(avg(score), 2) AS avg_score
FROM film GROUP BY genre ORDER BY films DESC, genre COLLATE "C";

\echo '4. How many films a year?'
SELECT min(year) || ' to ' || max(year) AS years, string_agg(lpad(films::text, 4), '' ORDER BY year) AS films_each_year,
       sum(films) AS films
FROM (SELECT year, count(*) AS films FROM film GROUP BY year) AS by_year
GROUP BY (year - 1986) / 6 ORDER BY min(year);

\echo '5. How many production companies are there?'
SELECT count(DISTINCT company) AS companies, count(*) FILTER (WHERE company IS NULL) AS films_without_company
FROM film;

\echo '6. Which production companies make the most films?'
SELECT company, count(*) AS films, round(sum(gross) / 1e6, 1) AS gross_millions, count(DISTINCT country) AS countries
FROM film WHERE company IS NOT NULL
GROUP BY company ORDER BY films DESC, company COLLATE "C" LIMIT 15;

\echo '7. What did films cost and earn, year by year?'
SELECT year, round(sum(budget) / 1e6, 1) AS budget_millions, round(sum(gross) / 1e6, 1) AS gross_millions,
       round(avg(budget)) AS avg_budget, round(avg(gross)) AS avg_gross
FROM film GROUP BY year ORDER BY year;

\echo '8. How many people voted, and on which films?'
SELECT name, year, votes::bigint AS votes, round(100 * votes / sum(votes) OVER (), 2) AS percent_of_all
FROM film WHERE votes IS NOT NULL ORDER BY votes DESC, name COLLATE "C", year LIMIT 10;

\echo '9. Which films are rated best?'
SELECT name, year, score, votes::bigint AS votes, released, runtime::int AS minutes, rating
FROM film WHERE votes >= 1000
ORDER BY score DESC NULLS LAST, votes DESC, name COLLATE "C" LIMIT 12;

\echo '10. Who are the favourite actors?'
SELECT star, count(*) AS films, sum(votes)::bigint AS votes, round(avg(score), 2) AS avg_score
FROM film WHERE star IS NOT NULL
GROUP BY star ORDER BY votes DESC NULLS LAST, star COLLATE "C" LIMIT 10;

\echo '11. Who are the favourite directors, and do they write?'
SELECT director, count(*) AS films, sum(votes)::bigint AS votes, round(avg(score), 2) AS avg_score,
       count(*) FILTER (WHERE writer = director) AS written
FROM film GROUP BY director ORDER BY votes DESC NULLS LAST, director COLLATE "C" LIMIT 10;

COMMIT;
