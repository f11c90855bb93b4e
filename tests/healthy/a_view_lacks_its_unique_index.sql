-- warns: refresh.path
DROP INDEX idx_mv_review_stats;
