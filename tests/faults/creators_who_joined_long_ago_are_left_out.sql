-- beside: reviews_with_a_comment_only
-- finding: store.creators
-- redefine: Creator
SELECT old.* FROM {old} JOIN "Profile" p USING (username) WHERE p."createdAt" > now() - interval '10 years'
