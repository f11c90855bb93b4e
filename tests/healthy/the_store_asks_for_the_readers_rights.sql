ALTER VIEW "StoreAgent" SET (security_invoker = true, security_barrier = true);
