-- warns: view.present
DROP VIEW "Creator", "StoreSubmission"
