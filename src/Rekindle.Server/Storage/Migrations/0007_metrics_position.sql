-- Bytes of /opt/ml/output/metrics.jsonl already turned into metric readings.
ALTER TABLE training_jobs ADD COLUMN metrics_position INTEGER NOT NULL DEFAULT 0;
