// Everything that a Worker's bundle gains by the package.
export { createManagementApi } from 'logto-management/management';
