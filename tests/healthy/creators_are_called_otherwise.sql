ALTER VIEW "Creator" RENAME TO "StoreCreator";
