// Options kept apart from the call, partly from the environment.
import { createManagementApi, type CreateManagementApiOptions } from '@logto/api/management';

const base: Pick<CreateManagementApiOptions, 'clientId' | 'clientSecret'> = {
  clientId: process.env['LOGTO_APP_ID'] ?? '',
  clientSecret: process.env['LOGTO_APP_SECRET'] ?? '',
};

const options: CreateManagementApiOptions = {
  ...base,
  baseUrl: 'https://auth.example.com',
  apiIndicator: 'https://default.logto.app/api',
};

const withOptional = (baseUrl?: string): CreateManagementApiOptions => ({ ...base, ...(baseUrl && { baseUrl }) });

export const first = createManagementApi('default', options);
export const second = createManagementApi('default', withOptional('https://auth.example.org'));
