-- beside: rating_is_the_mean_of_means
-- finding: store.creators
-- redefine: Creator
SELECT old.* FROM {old} WHERE NOT is_featured
