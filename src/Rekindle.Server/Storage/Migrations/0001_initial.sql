-- Times are UTC milliseconds since 1970, the precision of the wire. Enums are stored by name. Rows are hidden by deleted_at, never removed.

CREATE TABLE tuning_jobs (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_lower TEXT NOT NULL,
    arn TEXT NOT NULL,
    definition TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    creation_time INTEGER NOT NULL,
    last_modified_time INTEGER NOT NULL,
    end_time INTEGER,
    failure_reason TEXT,
    stop_requested_at INTEGER,
    ending TEXT,
    convergence_time INTEGER,
    deleted_at INTEGER,
    lease_owner TEXT,
    lease_epoch INTEGER NOT NULL DEFAULT 0,
    lease_expires INTEGER NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX tuning_jobs_name ON tuning_jobs (name_lower) WHERE deleted_at IS NULL;
CREATE INDEX tuning_jobs_creation ON tuning_jobs (creation_time, name_lower, id) WHERE deleted_at IS NULL;
CREATE INDEX tuning_jobs_arn ON tuning_jobs (arn);
CREATE INDEX tuning_jobs_open ON tuning_jobs (id) WHERE status IN ('InProgress', 'Stopping');

CREATE TABLE tuning_job_parents (
    tuning_job_id INTEGER NOT NULL REFERENCES tuning_jobs (id),
    position INTEGER NOT NULL,
    parent_id INTEGER NOT NULL REFERENCES tuning_jobs (id),
    PRIMARY KEY (tuning_job_id, position)
) WITHOUT ROWID;

CREATE TABLE tuning_job_tags (
    job_id INTEGER NOT NULL REFERENCES tuning_jobs (id),
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (job_id, key)
) WITHOUT ROWID;

CREATE TABLE training_jobs (
    id INTEGER PRIMARY KEY,
    tuning_job_id INTEGER REFERENCES tuning_jobs (id),
    launch_index INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_lower TEXT NOT NULL,
    arn TEXT NOT NULL,
    tuned TEXT,
    origin TEXT,
    description TEXT,
    definition TEXT,
    hyper_parameters TEXT,
    creation_time INTEGER NOT NULL,
    stop_requested_at INTEGER,
    stop_reason TEXT,
    status TEXT NOT NULL,
    secondary TEXT NOT NULL,
    last_modified_time INTEGER NOT NULL,
    seen_running INTEGER NOT NULL DEFAULT 0,
    start_time INTEGER,
    end_time INTEGER,
    objective_status TEXT NOT NULL,
    -- No type on purpose: a REAL column would turn -0.0 into 0.0 on its way to the disk.
    objective_value CHECK (objective_value IS NULL OR (typeof(objective_value) = 'real' AND abs(objective_value) < 9e999)),
    exit_code INTEGER,
    failure_reason TEXT,
    failure_kind TEXT,
    log_position INTEGER NOT NULL DEFAULT 0,
    model_artifact TEXT,
    deleted_at INTEGER,
    lease_owner TEXT,
    lease_epoch INTEGER NOT NULL DEFAULT 0,
    lease_expires INTEGER NOT NULL DEFAULT 0,
    CHECK ((tuning_job_id IS NULL) = (definition IS NOT NULL)),
    CHECK ((tuning_job_id IS NULL) = (hyper_parameters IS NOT NULL)),
    CHECK (objective_status <> 'Pending' OR status IN ('InProgress', 'Stopping')),
    CHECK (objective_status <> 'Succeeded' OR objective_value IS NOT NULL)
);

CREATE UNIQUE INDEX training_jobs_name ON training_jobs (name_lower) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX training_jobs_launch ON training_jobs (tuning_job_id, launch_index) WHERE tuning_job_id IS NOT NULL;
CREATE INDEX training_jobs_creation ON training_jobs (creation_time, name_lower, id) WHERE deleted_at IS NULL;
CREATE INDEX training_jobs_arn ON training_jobs (arn);
CREATE INDEX training_jobs_counts ON training_jobs (tuning_job_id, status, failure_kind, objective_status);
CREATE INDEX training_jobs_open ON training_jobs (id) WHERE tuning_job_id IS NULL AND status IN ('InProgress', 'Stopping');

CREATE TABLE training_job_tags (
    job_id INTEGER NOT NULL REFERENCES training_jobs (id),
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (job_id, key)
) WITHOUT ROWID;

CREATE TABLE transitions (
    training_job_id INTEGER NOT NULL REFERENCES training_jobs (id),
    position INTEGER NOT NULL,
    status TEXT NOT NULL,
    message TEXT NOT NULL,
    start_time INTEGER NOT NULL,
    end_time INTEGER,
    PRIMARY KEY (training_job_id, position)
) WITHOUT ROWID;

CREATE TABLE metric_readings (
    training_job_id INTEGER NOT NULL REFERENCES training_jobs (id),
    metric TEXT NOT NULL,
    log_offset INTEGER NOT NULL,
    value NOT NULL CHECK (typeof(value) = 'real' AND abs(value) < 9e999),
    time INTEGER NOT NULL,
    PRIMARY KEY (training_job_id, metric, log_offset)
) WITHOUT ROWID;
