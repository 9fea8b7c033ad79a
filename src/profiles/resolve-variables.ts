import type { Device, DeviceFacts } from '../directory/device.ts';
import type { User } from '../directory/user.ts';
import type { CertificateType, ServerOptions } from './scep-settings.ts';
import { securityIdentifierUriPrefix, type Variable, type VariableName, variableOf } from './variable.ts';

/** Whom a certificate is for: the device, and the user when there is one. */
export type ProfileFacts = { readonly user: User | null; readonly device: Device };

export type VariableContext = ProfileFacts & {
  readonly certificateType: CertificateType;
  readonly reportedFacts: ServerOptions['reportedFacts'];
};

/** Why a variable has no value on this device. */
export type VariableReason =
  | 'user-missing'
  | 'value-empty'
  | 'not-on-this-platform'
  | 'not-domain-joined'
  | 'not-hybrid-joined'
  | 'user-variable-in-device-certificate' // V3
  | 'only-in-uri-rows'; // V9

export type VariableValue = { readonly value: string } | { readonly reason: VariableReason };

/** The value of one variable for one device and its user; never an empty one (intune-domain 2.1). */
export function resolveVariable(name: VariableName, context: VariableContext): VariableValue {
  const variable = variableOf(name);
  const { device } = context;
  if (variable.platforms !== null && !variable.platforms.includes(device.platform))
    return { reason: 'not-on-this-platform' };
  if (name === 'OnPremisesSecurityIdentifier') {
    const identifier = securityIdentifier(context);
    return 'value' in identifier ? { value: securityIdentifierUriPrefix + identifier.value } : identifier;
  }
  if (name === 'FullyQualifiedDomainName' && !hasDomain(device)) return { reason: 'not-domain-joined' };
  return variable.class === 'user' ? userValue(variable, context) : deviceValue(variable, context);
}

/** The SID itself: the user's in a user certificate, the computer's in a device certificate. */
export function securityIdentifier(context: VariableContext): VariableValue {
  const variable = variableOf('OnPremisesSecurityIdentifier');
  if (context.certificateType === 'user') return userValue(variable, context);
  if (context.device.platform !== 'windows10' && context.device.platform !== 'windows81')
    return { reason: 'not-on-this-platform' };
  if (!isHybridJoined(context.device)) return { reason: 'not-hybrid-joined' };
  return found(context.device.onPremisesSecurityIdentifier);
}

function userValue(variable: Variable, { user, certificateType }: VariableContext): VariableValue {
  if (certificateType === 'device') return { reason: 'user-variable-in-device-certificate' };
  if (user === null) return { reason: 'user-missing' };
  if (variable.name === 'UserName') return found(user.userName ?? user.userPrincipalName.split('@')[0] ?? null);
  return found(variable.userFact === null ? null : user[variable.userFact]);
}

function deviceValue({ deviceFact }: Variable, { device, reportedFacts }: VariableContext): VariableValue {
  if (deviceFact === null) return { reason: 'value-empty' };
  const known = found(textOf(device, deviceFact));
  if ('value' in known || reportedFacts === 'never') return known;
  return found(textOf(device.reported, deviceFact));
}

function textOf(facts: Readonly<Partial<DeviceFacts>>, fact: keyof DeviceFacts): string | null {
  const value = facts[fact];
  return typeof value === 'string' ? value : null;
}

function found(value: string | null): VariableValue {
  return value === null || value.trim() === '' ? { reason: 'value-empty' } : { value };
}

/** Hybrid joined in the portal's words or in Graph's (`ServerAd`). */
function isHybridJoined({ trustType }: Device): boolean {
  return trustType !== null && /hybrid|^serverad$/i.test(trustType);
}

/**
 * Whether a domain name of the device means anything: every Linux machine's; a Windows machine's only when it is joined
 * to a domain, whatever else the directory holds. Windows 8.1 cannot be joined to the cloud directory, so there a
 * registration says nothing and a name with a domain in it decides. What the device says of itself never counts.
 */
function hasDomain(device: Device): boolean {
  if (device.platform === 'linux' || isHybridJoined(device)) return true;
  const trust = device.trustType ?? '';
  if (/^(on-premises )?domain joined$/i.test(trust)) return true;
  if (device.platform !== 'windows81' || !/^$|registered|^workplace$/i.test(trust)) return false;
  return /^[^.]+\.[^.]+/.test(device.fullyQualifiedDomainName ?? '');
}
