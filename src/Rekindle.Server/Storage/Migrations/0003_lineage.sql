-- Ancestors that joined a recursive warm start stand behind the named parents, which have depth 0: how many steps beyond a named parent
-- an ancestor is, and the tuning job whose parent it is.
ALTER TABLE tuning_job_parents ADD COLUMN depth INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tuning_job_parents ADD COLUMN through TEXT;
CREATE INDEX tuning_job_children ON tuning_job_parents (parent_id) WHERE depth = 0;
