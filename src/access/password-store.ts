import type { AdministratorId } from './administrator.ts';

export type StoredPassword = {
  readonly administratorId: AdministratorId;
  /** As `hashPassword` makes it. */
  readonly hash: string;
  readonly changedAt: number;
};

export type PasswordStore = {
  get(id: AdministratorId): Promise<StoredPassword | null>;
  put(password: StoredPassword): Promise<void>;
  remove(id: AdministratorId): Promise<void>;
};
