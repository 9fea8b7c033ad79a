import { type WindowsEdition, windowsEditions } from './applicability-rules.ts';

/**
 * Directories spell editions as Windows itself does (`operatingSystemSKU`: Professional, Core), Graph in its own way, and
 * people as products are called. Graph has no name of their own for long-term, evaluation, government, IoT Enterprise and
 * multi-session editions: they count as the Enterprise edition that they are made from.
 */
const spellings: Readonly<Record<WindowsEdition, readonly string[]>> = {
  windows10Enterprise: [
    'Enterprise',
    'EnterpriseEval',
    'EnterpriseG',
    'EnterpriseS',
    'EnterpriseSEval',
    'Enterprise LTSC',
    'IoTEnterprise',
    'IoTEnterpriseS',
    'ServerRdsh',
    'Enterprise multi-session',
  ],
  windows10EnterpriseN: ['EnterpriseN', 'EnterpriseNEval', 'EnterpriseGN', 'EnterpriseSN', 'Enterprise N LTSC'],
  windows10Education: ['Education'],
  windows10EducationN: ['EducationN'],
  windows10MobileEnterprise: ['MobileEnterprise'],
  windows10HolographicEnterprise: ['Holographic', 'HolographicEnterprise', 'Holographic for Business'],
  windows10Professional: ['Professional', 'Pro', 'ProfessionalSingleLanguage'],
  windows10ProfessionalN: ['ProfessionalN', 'ProN', 'BusinessN'],
  windows10ProfessionalEducation: ['ProfessionalEducation', 'Pro Education'],
  windows10ProfessionalEducationN: ['ProfessionalEducationN', 'Pro Education N'],
  windows10ProfessionalWorkstation: ['ProfessionalWorkstation', 'Pro for Workstations'],
  windows10ProfessionalWorkstationN: ['ProfessionalWorkstationN', 'Pro N for Workstations'],
  windows10Home: ['Core', 'Home'],
  windows10HomeChina: ['CoreCountrySpecific', 'Home China'],
  windows10HomeN: ['CoreN', 'Home N'],
  windows10HomeSingleLanguage: ['CoreSingleLanguage', 'Home Single Language'],
  windows10Mobile: ['Mobile'],
  windows10IoTCore: ['IoTUAP', 'IoTCore'],
  windows10IoTCoreCommercial: ['IoTUAPCommercial', 'IoTCoreCommercial'],
};

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/^(?:microsoft)?windows(?:10|11)?/, '');
}

const known = new Map<string, WindowsEdition>();
for (const edition of windowsEditions)
  for (const spelling of [edition, ...spellings[edition]]) known.set(plain(spelling), edition);

/** The edition that a name means, however it is spelled; null: none that Graph has a name for. */
export function windowsEdition(name: string): WindowsEdition | null {
  return known.get(plain(name)) ?? null;
}
