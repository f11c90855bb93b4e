-- redefine: StoreAgent
-- column: rating
LEAST(5.0::double precision, rating)
