import type { OpenSecrets } from '../lifecycle/restore/open-secrets.ts';
import type { Sql } from './sql.ts';

export function openSecrets(sql: Sql): OpenSecrets {
  return {
    async end(now) {
      const challenges = await sql.run(
        "UPDATE challenge SET state = 'cancelled', cancel_reason = 'restored' WHERE state = 'live'",
      );
      const joinTokens = await sql.run(
        'UPDATE join_token SET expires_at = $1 WHERE used_at IS NULL AND expires_at > $1',
        [now],
      );
      const sessions = await sql.run('DELETE FROM admin_session');
      // The one for the first administrator belongs to nobody yet, and is in a file of the server.
      await sql.run('DELETE FROM sign_in_code WHERE administrator_id IS NOT NULL');
      return { challenges, joinTokens, sessions };
    },
  };
}
