-- Why a training job was launched with its hyperparameters, and what had ended by then: JSON. Null for imported training jobs and for
-- those launched before this was kept.
ALTER TABLE training_jobs ADD COLUMN explanation TEXT;
