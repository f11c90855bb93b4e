ALTER TABLE "User" ADD CHECK (length(email) <= 40);
ALTER TABLE "Profile" ADD CHECK (length(username) <= 32);
