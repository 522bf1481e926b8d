//! What every place for records must do, as tests any implementation can run.
