-- A tuning job that ran elsewhere. Its description is the document it came with; unlisted counts the training jobs that the
-- document counts and does not list.
ALTER TABLE tuning_jobs ADD COLUMN imported_at INTEGER;
ALTER TABLE tuning_jobs ADD COLUMN unlisted TEXT;

-- Imported training jobs keep the names they had, and those may be taken here: only training jobs that run here need names of their own.
ALTER TABLE training_jobs ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
DROP INDEX training_jobs_name;
CREATE UNIQUE INDEX training_jobs_own_name ON training_jobs (name_lower) WHERE deleted_at IS NULL AND imported = 0;
CREATE INDEX training_jobs_name ON training_jobs (name_lower, imported, id) WHERE deleted_at IS NULL;
