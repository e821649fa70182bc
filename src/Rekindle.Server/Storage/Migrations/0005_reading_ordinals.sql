-- Which of its metric's values in the log a reading is, from 1. Long curves are thinned out, so the rows can't be counted; for those that are
-- here already it is the best that is known.
ALTER TABLE metric_readings ADD COLUMN ordinal INTEGER NOT NULL DEFAULT 0;
UPDATE metric_readings SET ordinal = counted.place
FROM (
    SELECT training_job_id, metric, log_offset, row_number() OVER (PARTITION BY training_job_id, metric ORDER BY log_offset) AS place
    FROM metric_readings) counted
WHERE counted.training_job_id = metric_readings.training_job_id AND counted.metric = metric_readings.metric
    AND counted.log_offset = metric_readings.log_offset;
