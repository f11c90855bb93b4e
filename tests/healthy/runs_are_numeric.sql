-- beside: reviews_of_listings_in_the_store
-- redefine: mv_agent_run_counts
-- column: run_count
run_count::numeric
