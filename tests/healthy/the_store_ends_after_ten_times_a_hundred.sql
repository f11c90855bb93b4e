-- beside: the_function_has_its_own_search_path
-- warns: store.rule
-- redefine: StoreAgent
SELECT * FROM {old} LIMIT 10 * 100
