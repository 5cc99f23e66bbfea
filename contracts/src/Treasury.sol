// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Money} from "./lib/Money.sol";

/// @title What the house has earned and what charities were given, apart from the money of buyers and sellers.
/// @dev Made by the exchange, which alone may spend it; the exchange's own balance is then users' money only, and need not
/// be counted on every bid (2,800 gas each).
contract Treasury {
    address private immutable OWNER = msg.sender;
    address private immutable MONEY;

    error NotOwner(address caller);

    constructor(address money) {
        MONEY = money;
    }

    /// @return paid false when the money refuses `to`
    function pay(address to, uint256 amount) external returns (bool paid) {
        if (msg.sender != OWNER) revert NotOwner(msg.sender);
        return Money.push(MONEY, to, amount);
    }
}
