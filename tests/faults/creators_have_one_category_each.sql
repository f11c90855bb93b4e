-- beside: reviews_by_users_with_profiles
-- finding: store.creators
-- redefine: Creator
-- column: top_categories
top_categories[:1]
