-- beside: runs_of_active_graphs
-- finding: store.agents
-- redefine: StoreAgent
-- column: versions
(SELECT array_agg(v.version::text ORDER BY v."createdAt") FROM "StoreListingVersion" v
 WHERE v."storeListingId" = old.listing_id AND v."submissionStatus" = 'APPROVED')
