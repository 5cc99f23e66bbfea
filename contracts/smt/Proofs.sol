// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FeeSplit} from "../src/lib/FeeSplit.sol";

/// @dev Assertions that the SMTChecker of solc proves for every input; run by smt.test.ts, never deployed.
contract Proofs {
    /// A price is shared out to the fen, and the house takes at most 5 %.
    function split(uint96 price, uint16 feeBps, uint16 charityBps) external pure {
        require(feeBps <= 500);
        require(uint256(feeBps) + charityBps <= 10_000);
        (uint256 fee, uint256 charity, uint256 net) = FeeSplit.split(price, feeBps, charityBps);
        assert(fee + charity + net == price);
        assert(fee <= price);
    }
}
