// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Only to have the artifact: the contracts know the manager by its interface.
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
