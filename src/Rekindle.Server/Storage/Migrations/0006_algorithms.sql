-- Which of its tuning job's algorithms a training job trains, from 0.
ALTER TABLE training_jobs ADD COLUMN algorithm INTEGER NOT NULL DEFAULT 0;
