CREATE FUNCTION webwrap.scheduled_jobs() RETURNS TABLE (
    jobid bigint, jobname text, schedule text, command text, database text, username text, active bool,
    state text, runs bigint, failures bigint, failures_in_a_row bigint,
    last_status text, last_message text, last_start timestamptz, last_end timestamptz, last_success timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10000 ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- pg_cron lives in one database of a cluster, and may be installed later than this.
    IF NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_cron') THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE $query$
        SELECT j.jobid, j.jobname::text, j.schedule, j.command, j.database, j.username, j.active,
               CASE WHEN NOT j.active THEN 'inactive'
                    WHEN d.last_status IS NULL THEN 'never ran'
                    WHEN d.last_status = 'succeeded' THEN 'ok'
                    WHEN d.last_status = 'failed' THEN 'failed'
                    ELSE 'running' END,
               coalesce(d.runs, 0), coalesce(d.failures, 0),
               (SELECT count(*) FROM cron.job_run_details f
                WHERE f.jobid = j.jobid AND f.status = 'failed' AND f.runid > coalesce(d.last_good, 0)),
               d.last_status, l.return_message, l.start_time, l.end_time, d.last_success
        FROM cron.job j
        LEFT JOIN LATERAL (
            SELECT count(*) AS runs, count(*) FILTER (WHERE r.status = 'failed') AS failures, max(r.runid) AS last_run,
                   (array_agg(r.status ORDER BY r.runid DESC))[1] AS last_status,
                   max(r.runid) FILTER (WHERE r.status = 'succeeded') AS last_good,
                   max(r.end_time) FILTER (WHERE r.status = 'succeeded') AS last_success
            FROM cron.job_run_details r WHERE r.jobid = j.jobid
        ) d ON true
        LEFT JOIN cron.job_run_details l ON l.runid = d.last_run
        ORDER BY j.jobid
    $query$;
END
$$;
COMMENT ON FUNCTION webwrap.scheduled_jobs() IS
'The jobs of pg_cron that the caller may see, with their last run; no row where pg_cron is not installed. webwrap.job_status shows it.';

CREATE VIEW webwrap.job_status AS
SELECT j.jobid, j.jobname, j.state, j.failures_in_a_row, j.last_message, j.last_start, j.last_end, j.last_success, j.runs, j.failures,
       j.schedule, j.command, j.database, j.username, j.active, j.last_status
FROM webwrap.scheduled_jobs() j;
COMMENT ON VIEW webwrap.job_status IS
'Each job of pg_cron and how its last run ended: state is ok, failed, running, never ran or inactive. Needs USAGE on schema cron; '
'shows the jobs of the caller, to superusers all.';
COMMENT ON COLUMN webwrap.job_status.state IS 'ok, failed, running, never ran or inactive';
COMMENT ON COLUMN webwrap.job_status.failures_in_a_row IS 'failures since the last success';
COMMENT ON COLUMN webwrap.job_status.last_message IS 'what the last run returned: its error, or the number of rows';
COMMENT ON COLUMN webwrap.job_status.last_success IS 'end of the last run that succeeded';
COMMENT ON COLUMN webwrap.job_status.runs IS 'runs that cron.job_run_details still has';
COMMENT ON COLUMN webwrap.job_status.failures IS 'those of them that failed';
GRANT SELECT ON webwrap.job_status TO PUBLIC;
