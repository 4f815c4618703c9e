"""What `pggitops init` writes: files with `@word@` where a choice goes, and `REPLACE-…` where only the user knows."""
