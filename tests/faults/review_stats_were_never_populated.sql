-- finding: view.populated
REFRESH MATERIALIZED VIEW mv_review_stats WITH NO DATA;
