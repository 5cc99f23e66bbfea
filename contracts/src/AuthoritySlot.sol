// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

/// @title The storage that OpenZeppelin's AccessManaged has, without its functions.
/// @dev The desk alone asks who may do what and answers `authority()`; the other parts keep its word at the same place. A
/// function that all parts have would stand in the way of each selector behind it, for 22 gas.
abstract contract AuthoritySlot {
    /// @dev The manager's address (bits 0–159), and a flag of AccessManaged.
    uint256 private _authorityWord;

    constructor(address authority_) {
        _authorityWord = uint160(authority_);
        emit IAccessManaged.AuthorityUpdated(authority_);
    }
}
