/** What can be known of users and devices, field by field, as the directory spells it. */
import { z } from 'zod';
import { managements, platforms } from '../../directory/platform.ts';
import { oneLine } from './own-name.ts';

export const factSource = z.enum(['csv', 'api', 'scim', 'graph', 'device']);
export const platformSchema = z.enum(platforms);

const fact = oneLine(z.string().max(1000));

/** For input: absent leaves what is known, null takes it back. */
export function nullableFact<Fact extends z.ZodType>(schema: Fact) {
  return schema.nullable().exactOptional();
}

type Wrap = (schema: z.ZodString) => z.ZodType;

/** All but the user principal name. */
export function userFacts<Wrapped extends z.ZodType>(wrap: (schema: z.ZodString) => Wrapped) {
  return {
    userName: wrap(fact),
    displayName: wrap(fact),
    givenName: wrap(fact),
    surname: wrap(fact),
    emailAddress: wrap(fact),
    department: wrap(fact),
    onPremisesSamAccountName: wrap(fact),
    onPremisesDistinguishedName: wrap(fact),
    onPremisesUserPrincipalName: wrap(fact),
    onPremisesSecurityIdentifier: wrap(fact),
    entraObjectId: wrap(fact),
  } satisfies Record<string, ReturnType<Wrap>>;
}

/** The texts among a device's facts, but its name. */
export function deviceTextFacts<Wrapped extends z.ZodType>(wrap: (schema: z.ZodString) => Wrapped) {
  return {
    osVersion: wrap(fact),
    osEdition: wrap(fact),
    serialNumber: wrap(fact),
    imei: wrap(fact),
    meid: wrap(fact),
    wifiMacAddress: wrap(fact),
    entraDeviceId: wrap(fact),
    managedDeviceId: wrap(fact),
    fullyQualifiedDomainName: wrap(fact),
    trustType: wrap(fact),
    onPremisesSecurityIdentifier: wrap(fact),
    manufacturer: wrap(fact),
    model: wrap(fact),
    deviceCategory: wrap(fact),
    cpuArchitecture: wrap(fact),
    enrollmentProfileName: wrap(fact),
    coManagementWorkload: wrap(fact),
  } satisfies Record<string, ReturnType<Wrap>>;
}

export const managementSchema = z.enum(managements);
export const ownershipSchema = z.enum(['corporate', 'personal', 'unknown']);
