-- beside: the_function_is_sql_and_acts_for_its_owner
-- warns: store.rule
-- redefine: StoreAgent
SELECT * FROM {old} ORDER BY runs FETCH FIRST 1000 ROWS WITH TIES
