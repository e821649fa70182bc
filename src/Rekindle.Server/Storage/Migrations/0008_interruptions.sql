-- Managed spot training gives way and waits again: since when it is asked to, how often it did, how many milliseconds the programs ran that did,
-- when the one after them began, and where its metrics file begins in metrics_position.
ALTER TABLE training_jobs ADD COLUMN interruption_requested_at INTEGER;
ALTER TABLE training_jobs ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE training_jobs ADD COLUMN ran_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE training_jobs ADD COLUMN resumed_at INTEGER;
ALTER TABLE training_jobs ADD COLUMN metrics_base INTEGER NOT NULL DEFAULT 0;
