// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchangeTypes} from "../IExchange.sol";

/// @title How a price is shared out: the one place where fees are computed, on every path.
library FeeSplit {
    uint256 internal constant BPS = 10_000;
    /// @dev 5 %, fee and gift together. A constant of the byte code: no role and no signature goes above it.
    uint256 internal constant MAX_FEE_BPS = 500;

    /// @notice price = net + fee + charity. Fee and charity round down, the seller gets the rest.
    /// @param price fen, a uint96
    /// @param feeBps a uint16, as charityBps is
    /// Reverts FeeAboveCap when both together are above the cap.
    function split(uint256 price, uint256 feeBps, uint256 charityBps)
        internal
        pure
        returns (uint256 fee, uint256 charity, uint256 net)
    {
        unchecked {
            uint256 both = feeBps + charityBps;
            if (both > MAX_FEE_BPS) revert IExchangeTypes.FeeAboveCap(both, MAX_FEE_BPS);
            // A price is a uint96: the products stay below 2^105. floor(a) + floor(b) <= a + b <= price.
            fee = price * feeBps / BPS;
            if (charityBps != 0) charity = price * charityBps / BPS;
            net = price - fee - charity;
        }
    }
}
