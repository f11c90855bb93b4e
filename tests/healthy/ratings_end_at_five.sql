-- redefine: StoreAgent
-- column: rating
LEAST(5.0::numeric(10, 2)::double precision, rating)
