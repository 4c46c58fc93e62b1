-- What the extension installs. Dropping it leaves nothing that stops it from coming back.
DROP EXTENSION webwrap;
CREATE EXTENSION webwrap;

-- Every object has a comment. No row is right.
SELECT pg_describe_object(d.classid, d.objid, 0) AS without_comment
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND e.extname = 'webwrap' AND d.deptype = 'e'
  AND obj_description(d.objid, d.classid::regclass::text) IS NULL
ORDER BY 1;

SELECT pg_describe_object(d.classid, d.objid, 0) AS member
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND e.extname = 'webwrap' AND d.deptype = 'e'
  AND d.classid <> 'pg_proc'::regclass
ORDER BY pg_describe_object(d.classid, d.objid, 0) COLLATE "C";

-- Functions: what each promises the planner, and who may call it.
SELECT p.oid::regprocedure AS function,
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
       p.proisstrict AS strict,
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel,
       p.procost AS cost, p.prorows AS rows,
       has_function_privilege('public', p.oid, 'EXECUTE') AS public
FROM pg_proc p WHERE p.pronamespace = 'webwrap'::regnamespace
ORDER BY p.oid::regprocedure::text COLLATE "C";

-- Whatever reaches the network, the store or the history is not for everyone. No row is right.
SELECT p.oid::regprocedure AS open_to_everyone
FROM pg_proc p
WHERE p.pronamespace = 'webwrap'::regnamespace
  AND (p.proname IN ('fetch', 'fetch_many', 'store_body', 'load_body', 'drop_unused_bodies', 'forget_dropped')
       OR p.proname LIKE 'record\_%')
  AND has_function_privilege('public', p.oid, 'EXECUTE');
SELECT p.proname, has_function_privilege('webwrap_fetch', p.oid, 'EXECUTE') AS webwrap_fetch
FROM pg_proc p WHERE p.pronamespace = 'webwrap'::regnamespace AND p.proname IN ('fetch', 'fetch_many', 'store_body')
ORDER BY 1;
SELECT c.relname, c.relkind, has_table_privilege('public', c.oid, 'SELECT') AS public_select,
       has_table_privilege('public', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS public_write
FROM pg_class c WHERE c.relnamespace = 'webwrap'::regnamespace AND c.relkind IN ('r', 'v', 'm')
ORDER BY c.relname COLLATE "C";
SELECT has_foreign_data_wrapper_privilege('public', 'webwrap', 'USAGE') AS public,
       has_foreign_data_wrapper_privilege('webwrap_fetch', 'webwrap', 'USAGE') AS webwrap_fetch;
-- Functions that run as their owner, and trusted code in SQL, have a fixed search path. No row is right.
SELECT p.oid::regprocedure AS without_search_path
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace = 'webwrap'::regnamespace AND (p.prosecdef OR l.lanname IN ('sql', 'plpgsql'))
  AND NOT coalesce(p.proconfig::text LIKE '%search_path=%', false);

-- Dump and restore carry what was learned.
SELECT c.oid::regclass::text AS dumped
FROM pg_extension e, unnest(e.extconfig) AS c (oid)
WHERE e.extname = 'webwrap'
ORDER BY c.oid::regclass::text COLLATE "C";

-- Settings.
LOAD 'webwrap';
SELECT name, context, boot_val, unit, min_val, max_val, short_desc <> '' AS is_described
FROM pg_settings WHERE name LIKE 'webwrap.%'
ORDER BY name COLLATE "C";
SET webwrap.no_such_setting = 1;
SET webwrap.allowed_networks = '10.0.0.0/8, example.org';
SET webwrap.allowed_networks = '10.0.0.0/33';
SET webwrap.allowed_networks = '10.0.0.0/8, ::1, fd00::/8';
SHOW webwrap.allowed_networks;
RESET webwrap.allowed_networks;
