-- warns: view.present
DROP TABLE "Profile" CASCADE;
