import { z } from 'zod';
import { removalOccasions, removalReasons } from '../../profiles/removal-rule.ts';

export const occasionSchema = z.enum(removalOccasions).describe('By what deployments lost their ground');

export const removalRuleSchema = z
  .object({
    removeFromDevice: z.boolean(),
    revoke: z.boolean(),
    afterDays: z.number().int(),
    reason: z.enum(removalReasons),
  })
  .meta({ id: 'RemovalRule' });
