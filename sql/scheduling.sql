-- The view is there without pg_cron, too; src/test/e2e/test_scheduling.py has the real one.
SELECT * FROM webwrap.job_status;
