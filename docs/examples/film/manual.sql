-- PostgreSQL's own manual as a table: one row an SQL command. Nobody here wrote these pages.
--     psql -v base_url=http://127.0.0.1:8080/manual/ -f manual.sql
CREATE SERVER manual FOREIGN DATA WRAPPER webwrap
  OPTIONS (base_url :'base_url');

-- The table of contents says which pages there are ...
CREATE FOREIGN TABLE sql_command_index (
  name text OPTIONS (xpath './span[@class="refentrytitle"]') NOT NULL,
  page text OPTIONS (xpath './/a/@href', pattern '^sql-([\w-]+)\.html$') NOT NULL
) SERVER manual OPTIONS (url 'sql-commands.html', rows '//dl[@class="toc"]/dt', min_rows '100');

SELECT 'sql-{' || string_agg(page, ',' ORDER BY page COLLATE "C") || '}.html' AS pages FROM sql_command_index
\gset

-- ... and each of those pages is one command.
CREATE FOREIGN TABLE sql_command (
  name     text OPTIONS (xpath './/div[@class="refnamediv"]/h2') NOT NULL,
  purpose  text OPTIONS (xpath './/div[@class="refnamediv"]/p', pattern '— (.+)$') NOT NULL,
  synopsis text OPTIONS (xpath './/div[@class="refsynopsisdiv"]/pre') NOT NULL
) SERVER manual OPTIONS (url :'pages', rows '//div[@class="refentry"]', min_rows '1', max_rows '1');

COMMENT ON FOREIGN TABLE sql_command IS 'SQL commands, from the manual''s reference pages';
