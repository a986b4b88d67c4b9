"""`make chaos`: everything is killed, stopped, cut and restored while people write and read (LIVE.md, section 1)."""
