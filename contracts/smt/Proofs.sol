// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchangeTypes} from "../src/IExchange.sol";
import {AccountSlot, AccountSlots} from "../src/lib/AccountSlot.sol";
import {CardSlot, CardSlots} from "../src/lib/CardSlot.sol";
import {FeeSplit} from "../src/lib/FeeSplit.sol";

/// @dev Assertions that the SMTChecker of solc proves for every input; run by smt.test.ts, never deployed.
contract Proofs {
    /// A price is shared out to the fen, and the house takes at most 5 %.
    function split(uint96 price, uint16 feeBps, uint16 charityBps) external pure {
        require(feeBps <= 500);
        require(uint256(feeBps) + charityBps <= 10_000);
        (uint256 fee, uint256 charity, uint256 net) = FeeSplit.split(price, feeBps, charityBps);
        assert(fee + charity + net == price);
        assert(fee * 20 <= price);
        assert(net <= price);
    }

    /// Each field comes out of the word as it went in.
    function pack(address owner, uint32 nonce, uint40 expiry, uint8 state, uint16 class) external pure {
        require(state <= uint8(type(IExchangeTypes.State).max));
        CardSlot slot = CardSlots.pack(owner, nonce, expiry, IExchangeTypes.State(state), class);
        assert(slot.owner() == owner);
        assert(slot.nonce() == nonce);
        assert(slot.expiry() == expiry);
        assert(uint8(slot.state()) == state);
        assert(slot.issuerClass() == class);
    }

    /// A new nonce is the old one plus one, and touches nothing else.
    function bump(address owner, uint32 nonce, uint40 expiry, uint8 state, uint16 class) external pure {
        require(state <= uint8(type(IExchangeTypes.State).max));
        require(nonce < type(uint32).max);
        CardSlot slot = CardSlots.pack(owner, nonce, expiry, IExchangeTypes.State(state), class).bumped();
        assert(slot.nonce() == nonce + 1);
        assert(slot.owner() == owner);
        assert(slot.expiry() == expiry);
        assert(slot.issuerClass() == class);
    }
}
