-- beside: rating_is_too_high
-- finding: store.creators
-- redefine: Creator
-- column: username
(SELECT "userId" FROM "Profile" AS p WHERE p.username = old.username)
