"""Who computes the tasks of a long job: processes of this machine, or those of a Ray."""
