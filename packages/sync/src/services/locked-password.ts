/**
 * A bcrypt hash in good form of which nobody knows a password: its salt and hash are all zeros. What is no hash at all makes
 * some libraries fail instead of refuse.
 */
export const lockedPassword = `$2b$12$${".".repeat(53)}`;
