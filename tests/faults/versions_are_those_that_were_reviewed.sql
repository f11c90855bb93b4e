-- beside: runs_of_listed_graphs
-- finding: store.agents
-- redefine: StoreAgent
-- column: versions
ARRAY(SELECT v.version::text FROM "StoreListingVersion" v WHERE v."storeListingId" = listing_id
      AND v."submissionStatus" NOT IN ('DRAFT', 'PENDING') ORDER BY v.version)
